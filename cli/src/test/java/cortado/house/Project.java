package cortado.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The project's own files, found from wherever the tests run. */
final class Project {
    static final Path ROOT = root();
    private static final Pattern MODULE = Pattern.compile("<module>(\\w+)</module>");

    private Project() {
    }

    private static Path root() {
        Path p = Path.of("").toAbsolutePath();
        while (!Files.exists(p.resolve("core/src/main/java/module-info.java"))) {
            p = p.getParent();
        }
        return p;
    }

    /** The modules that the root's pom.xml names. */
    static List<String> modules() {
        return MODULE.matcher(read(ROOT.resolve("pom.xml"))).results().map(m -> m.group(1)).toList();
    }

    /** The files below a folder whose names end so, sorted. */
    static List<Path> files(Path folder, String end) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(f -> f.toString().endsWith(end)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
