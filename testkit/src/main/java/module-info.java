/** The catalogue of cases that every check of an op is driven by. */
module cortado.testkit {
    requires transitive cortado.core;
}
