/** The yardstick: steps timed against the machine's peak and, alternating, against another engine. */
module cortado.bench {
    requires transitive cortado.core;
    requires transitive cortado.io;
    requires transitive cortado.data;
    requires transitive cortado.train;
    requires jdk.incubator.vector;

    exports cortado.bench;
}
