package cortado.cli;

/**
 * What the launcher saw of the terminal, which a JVM cannot see by itself.
 *
 * @param stdout  whether a person reads standard output
 * @param stderr  whether a person reads standard error
 * @param columns width in characters
 * @param colour  whether colours are wanted
 */
record Terminal(boolean stdout, boolean stderr, int columns, boolean colour) {
    /** Files and pipes: no colours, no line that updates itself. */
    static final Terminal NONE = new Terminal(false, false, 80, false);

    /** {@return what the launcher's properties and the user's environment say} */
    static Terminal of() {
        boolean launched = System.getProperty("cortado.launcher") != null;
        boolean console = !launched && System.console() != null && System.console().isTerminal();
        boolean stdout = console || "terminal".equals(System.getProperty("cortado.stdout"));
        boolean stderr = console || "terminal".equals(System.getProperty("cortado.stderr"));
        String columns = System.getProperty("cortado.columns", "");
        boolean plain = System.getenv("NO_COLOR") != null || "dumb".equals(System.getenv("TERM"));
        return new Terminal(stdout, stderr, columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 80, !plain);
    }
}
