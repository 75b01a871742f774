/** The catalogue of cases that every check of an op is driven by, and the gradient check of whole networks. */
module cortado.testkit {
    requires transitive cortado.core;

    exports cortado.testkit;
}
