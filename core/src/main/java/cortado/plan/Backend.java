package cortado.plan;
interface Backend {}
