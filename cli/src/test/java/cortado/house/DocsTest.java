package cortado.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents say nothing that is not there: files, lines, headings. */
class DocsTest {
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)\\]\\(([^)#\\s]*)(#[^)\\s]*)?\\)");
    private static final Pattern FORMULA = Pattern.compile("`\\w+\\.\\w+`");
    private static final Pattern ANCHOR = Pattern.compile("docs/([\\w-]+\\.md)#([\\w-]+)");

    private static List<Path> documents() {
        return Stream.concat(Stream.of("README.md", "CONTRIBUTING.md").map(Project.ROOT::resolve),
                Project.files(Project.ROOT.resolve("docs"), ".md").stream()).toList();
    }

    /**
     * Every link leads to a file that exists. {@code [`Conv2d.weights`](…/Conv2d.java#L109)} leads to a line with that method in it,
     * {@code [`NotesTest.n2`](…/NotesTest.java)} to a file that has a method whose name begins so.
     */
    @Test
    void linksLeadToWhatTheySay() {
        List<String> wrong = new ArrayList<>();
        for (Path document : documents()) {
            LINK.matcher(Project.read(document)).results().filter(m -> !m.group(2).startsWith("http")).forEach(m -> {
                Path target = m.group(2).isEmpty() ? document : document.resolveSibling(m.group(2)).normalize();
                String anchor = m.group(3) == null ? "" : m.group(3).substring(1);
                if (!Files.exists(target)) {
                    wrong.add(document.getFileName() + ": no file " + m.group(2));
                } else if (FORMULA.matcher(m.group(1)).matches()) {
                    check(m, anchor, Project.read(target).lines().toList(), wrong);
                } else if (!anchor.isEmpty() && !headings(target).contains(anchor)) {
                    wrong.add(document.getFileName() + ": no heading " + anchor + " in " + target.getFileName());
                }
            });
        }
        assertThat(wrong).isEmpty();
    }

    private static void check(MatchResult link, String anchor, List<String> lines, List<String> wrong) {
        String method = link.group(1).replaceAll(".*\\.|`", "");
        Pattern called = Pattern.compile("\\b" + method + "\\w*\\(");
        List<String> places = IntStream.rangeClosed(1, lines.size()).filter(i -> called.matcher(lines.get(i - 1)).find())
                .mapToObj(i -> "L" + i).toList();
        if (places.isEmpty() || !anchor.isEmpty() && !places.contains(anchor)) {
            wrong.add(link.group() + ": " + method + " stands in " + places);
        }
    }

    /** The anchors that GitHub makes of a document's headings. */
    private static List<String> headings(Path document) {
        return Project.read(document).lines().filter(l -> l.startsWith("#"))
                .map(l -> l.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
                .toList();
    }

    /** What comments in the sources say about the documents. */
    @Test
    void commentsNameHeadingsThatExist() {
        List<String> wrong = new ArrayList<>();
        for (String m : Project.modules()) {
            for (Path file : Project.files(Project.ROOT.resolve(m).resolve("src"), ".java")) {
                ANCHOR.matcher(Project.read(file)).results().filter(a -> !headings(Project.ROOT.resolve("docs").resolve(a.group(1)))
                        .contains(a.group(2))).forEach(a -> wrong.add(file.getFileName() + ": " + a.group()));
            }
        }
        assertThat(wrong).isEmpty();
    }
}
