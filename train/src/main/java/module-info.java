/** Optimizers, schedules, the training loop, evaluation, and the run folder. */
module cortado.train {
    requires transitive cortado.core;
    requires transitive cortado.data;
    requires transitive cortado.io;
    requires java.desktop;
    requires jdk.incubator.vector;

    exports cortado.train;
}
