/** Data sets, the files they come from, and the loader that feeds training. */
module cortado.data {
    requires transitive cortado.core;
    requires java.desktop;
    requires java.net.http;

    exports cortado.data;
}
