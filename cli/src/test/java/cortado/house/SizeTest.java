package cortado.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The size report: core under 17,000 lines, files under 400, methods under 60. It reads the sources, which are formatted alike: a
 * block ends with a brace at the depth where its head begins. The report is printed.
 */
class SizeTest {
    private static final int CORE = 17000;
    private static final int FILE = 400;
    private static final int METHOD = 60;

    /**
     * Register tiles: 24 accumulators are 24 local variables, each set, used and stored by name. Parts of them in methods of their
     * own cost a factor of four, because the compiler then boxes every vector (docs/design-notes.md#register-tiles).
     */
    private static final Set<String> TILES = Set.of("TapLoops.java tile", "DotLoops.java run", "TileLoops.java tile6x4",
            "TileLoops.java tile8x3",
            "TileLoops.java tile12x2", "DenseLoops.java tile6x4", "DenseLoops.java tile8x3",
            "DenseLoops.java tile12x2");

    private static final Pattern NO_METHOD = Pattern
            .compile("(if|for|while|do|switch|try|else|case|default|synchronized)\\b.*|[^(]*"
                    + "\\b(class|interface|enum|record)\\b.*|[^(]*[=}].*");

    private record Sized(String name, int lines) {
    }

    @Test
    void theHouseStaysSmall() {
        StringBuilder report = new StringBuilder(String.format("%-10s%8s%8s%8s%n", "module", "files", "lines", "tests"));
        List<Sized> files = new ArrayList<>();
        List<Sized> methods = new ArrayList<>();
        int core = 0;
        for (String m : Project.modules()) {
            List<Path> main = Project.files(Project.ROOT.resolve(m).resolve("src/main/java"), ".java");
            List<Path> test = Project.files(Project.ROOT.resolve(m).resolve("src/test/java"), ".java");
            main.forEach(f -> measure(f, files, methods));
            int lines = lines(main);
            core = m.equals("core") ? lines : core;
            test.forEach(f -> measure(f, files, methods));
            report.append(String.format("%-10s%8d%8d%8d%n", m, main.size(), lines, lines(test)));
        }
        report.append(largest("files", files)).append(largest("methods", methods));
        System.out.print(report);
        methods.removeIf(s -> TILES.contains(s.name));
        assertThat(core).as("lines of core; make room before adding").isPositive().isLessThan(CORE);
        assertThat(files).as("files of %d lines or more: one file, one concern", FILE).noneMatch(s -> s.lines >= FILE);
        assertThat(methods).as("methods of %d lines or more", METHOD).noneMatch(s -> s.lines >= METHOD);
    }

    private static int lines(List<Path> files) {
        return files.stream().mapToInt(f -> (int) Project.read(f).lines().count()).sum();
    }

    private static String largest(String what, List<Sized> all) {
        StringBuilder s = new StringBuilder("largest " + what + ":\n");
        all.stream().sorted(Comparator.comparingInt(Sized::lines).reversed()).limit(5)
                .forEach(x -> s.append(String.format("%18d  %s%n", x.lines, x.name)));
        return s.toString();
    }

    private static void measure(Path file, List<Sized> files, List<Sized> methods) {
        String name = file.getFileName().toString();
        List<String> lines = Project.read(file).lines().toList();
        files.add(new Sized(Project.ROOT.relativize(file).toString(), lines.size()));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).strip().equals("}")) {
                int depth = lines.get(i).indexOf('}');
                int head = i - 1;
                while (head > 0 && (lines.get(head).isBlank() || depth(lines.get(head)) > depth)) {
                    head--;
                }
                String text = lines.get(head).strip();
                if (text.contains("(") && !NO_METHOD.matcher(text).matches()) {
                    methods.add(new Sized(name + " " + text.replaceFirst("\\(.*", "").replaceFirst(".*\\s", ""), i - head + 1));
                }
            }
        }
    }

    private static int depth(String line) {
        return line.length() - line.stripLeading().length();
    }
}
