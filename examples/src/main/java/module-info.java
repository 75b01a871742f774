/** Two programs against the public API. */
module cortado.examples {
    requires transitive cortado.train;
    requires transitive cortado.testkit;

    exports cortado.examples;
}
