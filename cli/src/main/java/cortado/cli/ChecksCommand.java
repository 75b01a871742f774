package cortado.cli;

import com.sun.management.OperatingSystemMXBean;
import cortado.data.Datasets;
import cortado.data.Options;
import cortado.io.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks at the machine. */
@Command(name = "checks",
        description = "Look at this machine: Java, vector width, threads, memory, data sets.")
final class ChecksCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Mixin
    private final DataOptions data = new DataOptions();

    ChecksCommand(Common common) {
        this.common = common;
    }

    /** What a run's provenance says of the machine. */
    static Map<String, String> machine() {
        Map<String, String> m = new LinkedHashMap<>();
        m.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"));
        m.put("cpu", cpu());
        m.put("java_vendor", System.getProperty("java.vendor"));
        m.put("vector_bits", Integer.toString(vectorBits()));
        return m;
    }

    /** The processor's name, which Java does not know: Linux tells it in a file, Windows in the environment; else the architecture. */
    private static String cpu() {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return lines.filter(l -> l.matches("(model name|Model|CPU implementer)\\s*:.*")).findFirst()
                        .map(l -> l.replaceFirst("^(CPU implementer)?[^:]*:\\s*", "$1 ").strip())
                        .orElse(System.getProperty("os.arch"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        String named = System.getenv("PROCESSOR_IDENTIFIER");
        return named == null ? System.getProperty("os.arch") : named;
    }

    /** {@return how wide vectors are; 0 where this Java has no vector module and our own classes stand in for it} */
    static int vectorBits() {
        return FloatVector.class.getModule().isNamed() ? FloatVector.SPECIES_PREFERRED.vectorBitSize() : 0;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        Runtime vm = Runtime.getRuntime();
        long ram = ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean b ? b.getTotalMemorySize() : 0;
        Map<String, Optional<String>> sets = sets(data.options(common.output()));
        Map<String, String> machine = machine();
        o.tell(Json.object().with("version", VersionCommand.version()).with("java", Runtime.version().toString())
                .with("java_home", System.getProperty("java.home")).with("os", machine.get("os")).with("cpu", machine.get("cpu"))
                .with("vector_bits", vectorBits()).with("threads", vm.availableProcessors()).with("heap_bytes", vm.maxMemory())
                .with("memory_bytes", ram).with("data", sets));
        line(o, "cortado", VersionCommand.version());
        line(o, "java", Runtime.version() + " (" + machine.get("java_vendor") + "), " + System.getProperty("java.home"));
        line(o, "system", machine.get("os") + ", " + machine.get("cpu"));
        line(o, "vectors", vectorBits() == 0 ? "none" : vectorBits() + " bits: " + vectorBits() / 32 + " numbers at once");
        line(o, "threads", Integer.toString(vm.availableProcessors()));
        line(o, "memory", Texts.bytes(ram) + ", of which Java may take " + Texts.bytes(vm.maxMemory()));
        line(o, "data", "");
        sets.forEach((name, place) -> o.say(String.format(Locale.ROOT, "  %-20s  %s", name,
                place.orElse("not here (--data-dir DIR, or train --download)"))));
        return Exit.OK;
    }

    private static void line(Output o, String what, String value) {
        o.say((o.style(Output.Style.BOLD, what) + " ".repeat(9 - what.length()) + value).stripTrailing());
    }

    private static Map<String, Optional<String>> sets(Options options) {
        Map<String, Optional<String>> sets = new LinkedHashMap<>();
        for (String name : Datasets.NAMES) {
            sets.put(name, Datasets.BUILT_IN.contains(name) ? Optional.of("built in")
                    : Datasets.find(name, options).map(Object::toString));
        }
        return sets;
    }
}
