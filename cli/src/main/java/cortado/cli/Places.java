package cortado.cli;

import cortado.io.Hint;
import java.nio.file.Path;

/** Where things are on the user's system. */
final class Places {
    private Places() {
    }

    /** Where downloaded data sets are kept. */
    static Path cache() {
        Path home = Path.of(System.getProperty("user.home"));
        String os = System.getProperty("os.name");
        Path caches = os.startsWith("Windows") ? environment("LOCALAPPDATA", home.resolve("AppData/Local"))
                : os.startsWith("Mac") ? home.resolve("Library/Caches") : environment("XDG_CACHE_HOME", home.resolve(".cache"));
        return caches.resolve("cortado");
    }

    /** How the user calls this program, for hints. */
    static String command() {
        return Hint.quoted(System.getProperty("cortado.command", "./cortado"));
    }

    private static Path environment(String name, Path otherwise) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? otherwise : Path.of(value);
    }
}
