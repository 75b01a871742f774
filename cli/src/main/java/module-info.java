/** The command line: what a person starts, sees and stops. */
module cortado.cli {
    requires cortado.bench;
    requires cortado.data;
    requires cortado.explain;
    requires cortado.io;
    requires cortado.testkit;
    requires cortado.train;
    requires info.picocli;
    requires java.management;
    requires jdk.management;
    requires jdk.incubator.vector;

    opens cortado.cli to info.picocli;
}
