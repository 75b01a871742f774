package cortado.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the folder {@code shared} beside the project. */
final class Shared {
    private Shared() {
    }

    /** {@return it, or a path that does not exist} */
    static Path folder() {
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            if (Files.isDirectory(p.resolve("shared").resolve("data"))) {
                return p.resolve("shared");
            }
        }
        return Path.of("no-shared-folder");
    }
}
