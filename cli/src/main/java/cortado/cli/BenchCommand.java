package cortado.cli;

import cortado.bench.Contestant;
import cortado.bench.Peak;
import cortado.bench.Race;
import cortado.bench.Result;
import cortado.bench.Sample;
import cortado.bench.Workload;
import cortado.tensor.FormatException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how fast networks and single ops run: alone, or in turns with another engine. */
@Command(name = "bench", sortOptions = false, description = "Measure speed and memory, alone or in turns with another engine.",
        footerHeading = "%nExamples:%n", footer = {
            "  cortado bench --quick",
            "  cortado bench --only W1,W2 --threads 1,2",
            "  cortado bench --peer pytorch --json",
            "  cortado bench --peer onnxruntime,dl4j --only W5",
            "  cortado bench --peer pytorch --to-accuracy 0.92",
            "  cortado bench --start",
            "",
            "W1 LeNet-5, W2 convnet, W3 VGG-like, W4 ResNet-20 and -18, W5 ResNet-50 and",
            "MobileNetV2: training, and inference of 1 and 16 images; W6 single ops.",
            "The peers' libraries (200 MB; dl4j 110 MB) are fetched from Maven Central the first time."})
final class BenchCommand implements Callable<Integer> {
    /** Where a distribution's own packages belong, of which PyTorch may be one. */
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private static final int STARTS = 15;
    private static final int QUICK_STARTS = 3;

    /** Of the table with a peer. */
    private static final int COLUMNS = 15;

    @Mixin
    private final Common common;

    @Option(names = "--peer", paramLabel = "NAME", split = ",",
            description = "Race against the fastest of these: pytorch (2.13, through JavaCPP), pytorch-python (what is installed), onnxruntime (1.29), dl4j (1.0.0-M2.1); the last two for inference only.")
    private List<String> peers = new ArrayList<>();

    @Option(names = "--only", paramLabel = "W1,W2", split = ",",
            description = "Only these workloads, by id or network (default: all).")
    private Set<String> only = new HashSet<>();

    @Option(names = "--threads", paramLabel = "N,N", split = ",",
            description = "Threads that compute, one table for each (default: 1 and all processors).")
    private List<Integer> threads = new ArrayList<>();

    @Option(names = "--to-accuracy", paramLabel = "SHARE",
            description = "Instead: how long both train until so much of fashion-mnist's test images is right (convnet, Adam, the same weights, batches and learning rates), on all processors unless --threads says otherwise.")
    private Optional<Double> accuracy = Optional.empty();

    @Mixin
    private DataOptions data = new DataOptions();

    @Option(names = "--start", description = "Instead: seconds from starting a training of LeNet-5 to the end of its first step.")
    private boolean start;

    @Option(names = "--quick", description = "Fewer and shorter runs: a first impression.")
    private boolean quick;

    BenchCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() throws IOException {
        Output o = common.output();
        if (start) {
            alone("--start", !peers.isEmpty() || !only.isEmpty() || accuracy.isPresent() || !threads.isEmpty());
            new StartTime(java(Main.class), quick ? QUICK_STARTS : STARTS).run(o);
            return Exit.OK;
        }
        if (accuracy.isPresent() && !only.isEmpty()) {
            throw new FormatException(
                    "--only means nothing with --to-accuracy, which has a workload of its own; leave one of them out");
        }
        List<Workload> workloads = workloads();
        List<Integer> counts = counts();
        List<Contestant> others = peers.stream().map(BenchCommand::contestant).toList();
        Race race = new Race(Contestant.ours(java(BenchWorker.class)), others, quick, line -> o.note("  " + line));
        o.note("machine: " + ChecksCommand.machine().get("os") + ", " + Runtime.getRuntime().availableProcessors()
                + " processors, Java "
                + Runtime.version() + ", vectors of " + ChecksCommand.machine().get("vector_bits") + " bits");
        others.forEach(p -> o.note(p.name() + ": " + p.tuning() + "; the faster of " + String.join(", ", p.settings())));
        if (accuracy.isPresent()) {
            AccuracyRace to = new AccuracyRace(o, race, accuracy.get(), data.options(o));
            for (int t : threads.isEmpty() ? List.of(Runtime.getRuntime().availableProcessors()) : counts) {
                to.run(t);
            }
            return Exit.OK;
        }
        for (int t : counts) {
            double peak = 0;
            List<Result> results = new ArrayList<>();
            for (Workload w : workloads) {
                peak = Math.max(peak, Peak.measure(t)); // again each time: what else runs can only lower it
                o.note(String.format(Locale.ROOT, "%s %s, %s, batch %d, threads %d; peak %.0f GFLOP/s", w.id(), w.network(),
                        w.mode().text(), w.batch(), t, peak / 1e9));
                results.add(race.run(w, t, peak));
                o.tell(results.getLast().json());
            }
            print(o, results, t);
        }
        return Exit.OK;
    }

    private List<Workload> workloads() {
        Set<String> known = Workload.all().stream().flatMap(w -> Stream.of(w.id(), w.network()))
                .collect(Collectors.toCollection(TreeSet::new));
        for (String name : only) {
            if (!known.contains(name)) {
                throw new FormatException("--only: there is no workload " + name + "; there are " + String.join(", ", known));
            }
        }
        return Workload.all().stream().filter(w -> only.isEmpty() || only.contains(w.id()) || only.contains(w.network())).toList();
    }

    private List<Integer> counts() {
        for (int t : threads) {
            if (t < 1 || t > 1024) {
                throw new FormatException("--threads: expected 1 … 1024, received " + t);
            }
        }
        return threads.isEmpty() ? List.copyOf(new TreeSet<>(List.of(1, Runtime.getRuntime().availableProcessors()).reversed()))
                : threads;
    }

    /** A JVM like this one, with the options that the launcher or the user gave it. */
    private static List<String> java() {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(a -> a.startsWith("-X") && !a.contains("Archive") && !a.contains("AOT")).forEach(command::add);
        return command;
    }

    private static void alone(String option, boolean others) {
        if (others) {
            throw new FormatException(
                    option + " stands alone or with --quick; leave --peer, --only, --threads and --to-accuracy out");
        }
    }

    /** The same, starting a class of the program. */
    private static List<String> java(Class<?> main) {
        List<String> command = java();
        String modules = System.getProperty("jdk.module.path", "");
        if (modules.isEmpty()) {
            command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-cp", System.getProperty("java.class.path")));
            command.add(main.getName());
        } else {
            command.addAll(List.of("-p", modules, "-m", "cortado.cli/" + main.getName()));
        }
        return command;
    }

    private static Contestant contestant(String name) {
        return switch (name) {
            case "pytorch" -> Contestant.pytorch(peers("bench-peers"));
            case "onnxruntime" -> Contestant.onnxRuntime(peers("bench-peers"));
            case "dl4j" -> Contestant.dl4j(peers("bench-dl4j"));
            case "pytorch-python" -> Contestant.pytorchPython(Files.isExecutable(PYTHON) ? PYTHON.toString() : "python3");
            default ->
                throw new FormatException(
                        "--peer: there is no peer " + name + "; there are pytorch, pytorch-python, onnxruntime, dl4j");
        };
    }

    /** A JVM with the jars of a module of peers, which lie where the launcher has built them: in its target/app. */
    private static List<String> peers(String module) {
        Path app = Path.of(System.getProperty("jdk.module.path", "cli/target/app")).toAbsolutePath();
        Path peers = app.resolveSibling(Path.of("..", "..", module, "target")).normalize();
        if (!Files.isDirectory(peers.resolve("app"))) {
            throw new FormatException(
                    peers.resolve("app") + ": the peers are not built; run mvn -P" + module.substring("bench-".length()) + " -pl "
                            + module + " -am package");
        }
        List<String> command = java();
        command.addAll(
                List.of("-Dorg.bytedeco.javacpp.cachedir=" + peers.resolve("native"), "-Dorg.bytedeco.javacpp.nopointergc=true",
                        "--enable-native-access=ALL-UNNAMED", "-cp", peers.resolve("app") + "/*"));
        return command;
    }

    private void print(Output o, List<Result> results, int threads) {
        o.say(o.style(Output.Style.BOLD, threads + (threads == 1 ? " thread" : " threads"))
                + ", images a second (median; ± quartiles)");
        Table table = !peers.isEmpty()
                ? new Table("", "network", "step", ">batch", ">cortado", ">±", ">GFLOP/s", ">of peak", ">MB", ">peer", ">±", "",
                        ">MB",
                        ">ratio", ">±")
                : new Table("", "network", "step", ">batch", ">cortado", ">±", ">GFLOP/s", ">of peak", ">MB");
        for (Result r : results) {
            List<String> row = new ArrayList<>(List.of(r.workload().id(), r.workload().network(), r.workload().mode().text(),
                    Integer.toString(r.workload().batch()), speed(r.ours()), spread(r.ours()), speed(r.flops() / 1e9),
                    Texts.percent(r.peakFraction()), megabytes(r.memory())));
            r.peer().ifPresent(p -> row
                    .addAll(List.of(speed(p.speed()), spread(p.speed()), p.name() + " " + p.setting(), megabytes(p.memory()),
                            String.format(Locale.ROOT, "%.2f", p.ratio().median()), spread(p.ratio()))));
            while (!peers.isEmpty() && row.size() < COLUMNS) {
                row.add(""); // nobody to race against in this mode
            }
            table.row(row.toArray(String[]::new));
        }
        table.print(o);
    }

    private static String speed(Sample s) {
        return speed(s.median());
    }

    private static String speed(double v) {
        return String.format(Locale.ROOT, v < 100 ? "%.1f" : "%,.0f", v);
    }

    private static String spread(Sample s) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * s.spread());
    }

    private static String megabytes(long bytes) {
        return bytes == 0 ? "" : Long.toString(bytes / 1_000_000);
    }
}
