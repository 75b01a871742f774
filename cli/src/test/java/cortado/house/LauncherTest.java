package cortado.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the launcher asks Maven for, by a Maven that writes its arguments down and fails. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"train | cli | ", "bench --quick | cli | ", "bench --peer pytorch | cli,bench-peers | peers",
        "bench --peer onnxruntime --only W5 | cli,bench-peers | peers", "bench --peer dl4j | cli,bench-dl4j | dl4j",
        "bench --peer onnxruntime,dl4j --only W5 | cli,bench-peers,bench-dl4j | peers,dl4j"})
    void buildsThePeersThatAreAskedForAndNoOthers(String arguments, String modules, String profiles)
            throws IOException, InterruptedException {
        Path mvn = Files.createDirectory(folder.resolve("bin")).resolve("mvn");
        Files.writeString(mvn, "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + folder.resolve("asked") + "'\nexit 1\n");
        assertThat(mvn.toFile().setExecutable(true)).isTrue();
        Path launcher = Files.copy(Project.ROOT.resolve("cortado"), folder.resolve("cortado"));
        List<String> command = new ArrayList<>(List.of("sh", launcher.toString()));
        command.addAll(List.of(arguments.split(" ")));
        ProcessBuilder start = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile());
        start.environment().put("JAVA_HOME", System.getProperty("java.home"));
        start.environment().merge("PATH", mvn.getParent().toString(), (path, bin) -> bin + File.pathSeparator + path);
        start.environment().remove("CORTADO_NO_BUILD");
        assertThat(start.start().waitFor()).isEqualTo(2);
        List<String> asked = Files.readAllLines(folder.resolve("asked"));
        assertThat(asked.get(asked.indexOf("-pl") + 1)).isEqualTo(modules);
        assertThat(asked).filteredOn(a -> a.startsWith("-P"))
                .containsExactlyElementsOf(profiles == null ? List.of() : Stream.of(profiles.split(",")).map("-P"::concat).toList());
    }
}
