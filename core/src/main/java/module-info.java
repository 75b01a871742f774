/** Tensors, ops, graphs and plans: the engine, on the JDK alone. */
module cortado.core {
    requires jdk.incubator.vector;

    exports cortado.tensor;
    exports cortado.op;
    exports cortado.graph;
    exports cortado.model;
    exports cortado.plan;
}
