package cortado.train;

import cortado.data.DataSplit;
import cortado.graph.Model;
import cortado.io.AtomicFile;
import cortado.io.Json;
import cortado.io.JsonLines;
import cortado.io.ModelFile;
import cortado.tensor.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder of one run, written by listening to its training:
 *
 * <pre>
 * config.json        all settings
 * network/           a copy of the network's text file, if it has one
 * provenance.json    {@link Provenance}
 * events.jsonl       one event a line, those of steps once a second
 * metrics.csv        one row an epoch
 * best.safetensors   the best model so far
 * last.safetensors   the model of the last epoch
 * checkpoints/       the newest few, to go on from
 * val.json           judgement of the best model so far
 * batch.json         the first images as they were learned from
 * examples.json      at the end: the images that are shown of the held-out ones
 * *.png              at the end: curves, confusion, filters, mistakes …
 * report.html        at the end: all of it on one page
 * </pre>
 *
 * Every file but the log is replaced whole, so whatever happens, what stands there is complete. A run that is gone on with cuts its
 * log where its checkpoint was written: what came after is told anew, so each epoch stands there once.
 */
public final class Run implements Consumer<Event>, AutoCloseable {
    /** All settings; what {@code train -c} takes. */
    public static final String CONFIG = "config.json";
    /** The model to use. */
    public static final String BEST = "best.safetensors";
    /** The model of the last epoch. */
    public static final String LAST = "last.safetensors";
    private static final String LOG_FILE = "events.jsonl";
    /** What came of it, for a person. */
    public static final String REPORT = "report.html";
    private static final int BATCH_IMAGES = 32;
    private static final System.Logger LOG = System.getLogger(Run.class.getName());

    private final Path folder;
    private final Map<String, String> machine;
    private final FolderLock lock;
    private final JsonLines events;
    private final Checkpoints checkpoints;
    private final Checkpoints.Newest newest;
    private final History history = new History();
    private Optional<Event.Started> started = Optional.empty();
    private Optional<Provenance> provenance = Optional.empty();
    private double logged = Double.NEGATIVE_INFINITY;

    private Run(Path folder, Map<String, String> machine) {
        this.folder = folder;
        this.machine = new TreeMap<>(machine);
        this.lock = FolderLock.take(folder);
        this.events = JsonLines.append(folder.resolve(LOG_FILE));
        this.checkpoints = new Checkpoints(folder.resolve("checkpoints"));
        this.newest = checkpoints.newest();
    }

    /**
     * A run in a folder of its own.
     *
     * @param folder  made if it does not exist; must be empty, but for what a training leaves that was killed before it began
     * @param machine what the caller knows of where this runs, for {@code provenance.json}: system, processor, vector width
     * @return the run
     * @throws UncheckedIOException if the folder is in use or cannot be made; the cause's message is one line
     */
    public static Run create(Path folder, Map<String, String> machine) {
        try {
            Files.createDirectories(folder);
            try (Stream<Path> files = Files.list(folder)) {
                if (files.anyMatch(f -> !unbegun(f))) {
                    throw new FileAlreadyExistsException("it is not empty; name another (--output), or remove it");
                }
            }
        } catch (IOException e) {
            throw cannot(folder, e);
        }
        return new Run(folder, machine);
    }

    /** Whether a file stands in a run's folder before its settings do. */
    private static boolean unbegun(Path file) {
        String name = file.getFileName().toString();
        return name.equals(FolderLock.FILE) || name.startsWith("." + CONFIG) || name.equals("network")
                || name.equals(LOG_FILE) && file.toFile().length() == 0;
    }

    /**
     * A run in the next free folder {@code stem-1}, {@code stem-2} …
     *
     * @param runs    the folder of all runs, made if it does not exist
     * @param stem    {@code fashion-mnist-lenet5}
     * @param machine as in {@link #create}
     * @return the run
     * @throws UncheckedIOException if no folder can be made; the cause's message is one line
     */
    public static Run next(Path runs, String stem, Map<String, String> machine) {
        try {
            Files.createDirectories(runs);
            for (int n = 1;; n++) {
                try {
                    return new Run(Files.createDirectory(runs.resolve(stem + "-" + n)), machine);
                } catch (FileAlreadyExistsException e) {
                    LOG.log(System.Logger.Level.DEBUG, "taken: " + e.getMessage());
                }
            }
        } catch (IOException e) {
            throw cannot(runs, e);
        }
    }

    /**
     * A run that was interrupted, to be gone on with from {@link #checkpoint()}.
     *
     * @param folder  of the run
     * @param machine as in {@link #create}
     * @return the run
     * @throws UncheckedIOException if it is no run's folder or another process writes to it; the cause's message is one line
     */
    public static Run resume(Path folder, Map<String, String> machine) {
        if (!Files.isRegularFile(folder.resolve(CONFIG))) {
            throw cannot(folder, new IOException("it holds no " + CONFIG + "; give the folder of a run"));
        }
        return new Run(folder, machine);
    }

    /** {@return the newest whole checkpoint; none if the training has to begin at its start} */
    public Optional<Checkpoint> checkpoint() {
        return newest.checkpoint();
    }

    /** {@return newer checkpoints that are torn or changed, and are not used: one line each with file and reason} */
    public List<String> damaged() {
        return newest.damaged();
    }

    /** {@return how the code or the JDK is another than when what is gone on with began, by part; then its bits are not promised} */
    public List<String> otherCode() {
        return checkpoint().isPresent() && Provenance.in(folder) ? Provenance.read(folder).otherCode() : List.of();
    }

    /** {@return what is wrong with the models of a run that came to its end: gone, damaged or changed; a line each with the file} */
    public List<String> faults() {
        List<String> faults = new ArrayList<>();
        for (String model : List.of(BEST, LAST)) {
            try {
                Provenance.expect(folder.resolve(model), ModelFile.read(folder.resolve(model)));
            } catch (FormatException e) {
                faults.add(e.getMessage());
            }
        }
        return faults;
    }

    /** {@return whether its training has come to its end} */
    public boolean complete() {
        return Provenance.in(folder) && Provenance.read(folder).finished();
    }

    static UncheckedIOException cannot(Path folder, IOException e) {
        String why = switch (e) {
            case FileAlreadyExistsException f when f.getMessage().equals(folder.toString()) -> "it is a file";
            case NoSuchFileException n -> "it cannot be made there";
            case AccessDeniedException a -> "permission denied";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage();
        };
        return new UncheckedIOException(new IOException("cannot use the run folder " + folder + ": " + why, e));
    }

    /** {@return the folder} */
    public Path folder() {
        return folder;
    }

    /**
     * Writes down what happened.
     *
     * @param event told by a {@link Trainer}
     * @throws UncheckedIOException if writing fails, on a full disk say; the cause's message is one line, and the files written
     *                              before are whole
     */
    @Override
    public void accept(Event event) {
        switch (event) {
            case Event.Started s -> start(s);
            case Event.Resumed r -> {
                history.resume(r.history());
                AtomicFile.write(folder.resolve("metrics.csv"), history.csv());
                r.best().ifPresent(m -> ModelFile.write(folder.resolve(BEST), m));
                r.val().ifPresent(v -> AtomicFile.write(folder.resolve(RunRecord.VAL), v.json().text()));
                events.add(r.json());
            }
            case Event.Save s -> {
                events.add(s.json());
                events.force();
                checkpoints.write(s.checkpoint(), started().settings().saving().keep());
            }
            case Event.FirstBatch b -> {
                write(RunRecord.BATCH, Thumbnail.of(b.batch(), BATCH_IMAGES, b.classes(), b.normalization()).stream()
                        .map(Thumbnail::json).toList());
                events.add(b.json());
            }
            case Event.Layers l -> events.add(l.json());
            case Event.Progress p -> {
                if (p.seconds() - logged >= 1) {
                    logged = p.seconds();
                    events.add(p.json());
                }
            }
            case Event.EpochEnd e -> epoch(e);
            case Event.Done d -> {
                ModelFile.write(folder.resolve(LAST), d.outcome().last()); // there already, unless it was lost since
                end("done", d.outcome());
            }
            case Event.Stopped s -> end("stopped", s.outcome());
            case Event.Failed f -> events.add(f.json());
        }
    }

    private void start(Event.Started s) {
        started = Optional.of(s);
        if (!Files.exists(folder.resolve(CONFIG))) {
            network(Path.of(s.settings().model()));
            AtomicFile.write(folder.resolve(CONFIG), s.settings().json().pretty());
        }
        Optional<Position> from = newest.checkpoint().map(Checkpoint::at);
        provenance = Optional.of(from.filter(at -> Provenance.in(folder))
                .map(at -> Provenance.read(folder).resumed(at, s, machine)).orElseGet(() -> Provenance.of(s, machine)));
        provenance.get().write(folder);
        from.ifPresentOrElse(at -> events.cutAfter(Event.Save.json(at)), events::clear);
        for (String damage : newest.damaged()) {
            events.add(Json.object().with("event", "damaged").with("message", damage));
        }
        if (from.isEmpty()) {
            events.add(s.json());
        }
    }

    /** Keeps a network's text file, so that the run can be gone on with whatever becomes of the file. */
    private void network(Path file) {
        if (Files.isRegularFile(file)) {
            try {
                Path kept = network(folder, file.toString());
                Files.createDirectories(kept.getParent());
                AtomicFile.write(kept, Files.readAllBytes(file));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot copy " + file + " into " + folder + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * {@return where a run keeps the text file of its network, which is there if it has one}
     * @param run   its folder
     * @param model the network's name or file, as its settings say
     */
    public static Path network(Path run, String model) {
        return run.resolve("network").resolve(Path.of(model).getFileName());
    }

    private void epoch(Event.EpochEnd e) {
        ModelFile.write(folder.resolve(LAST), e.model());
        if (e.best()) {
            ModelFile.write(folder.resolve(BEST), e.model());
            AtomicFile.write(folder.resolve(RunRecord.VAL), e.val().json().text());
        }
        history.add(e.result());
        AtomicFile.write(folder.resolve("metrics.csv"), history.csv());
        events.add(e.json());
    }

    /** The pictures come first: finished is a run that has all of them. */
    private void end(String event, Outcome outcome) {
        DataSplit data = started().data();
        AtomicFile.write(folder.resolve(RunRecord.VAL), outcome.val().json().text());
        write(RunRecord.EXAMPLES, examples(outcome.val(), data));
        Json.Obj summary = summary(event, outcome);
        Provenance ended = provenance.orElseThrow().ended(outcome, event.equals("done"));
        report(RunRecord.read(folder).ended(summary, ended.json()), d -> LOG.log(System.Logger.Level.WARNING, "left out: " + d));
        events.add(summary);
        events.force();
        ended.write(folder);
    }

    private void write(String file, List<Json.Obj> images) {
        AtomicFile.write(folder.resolve(file), Json.object().with("images", images).text());
    }

    /** The images that pictures and report show: those with the greatest losses, and some of each pair that is mistaken often. */
    private static List<Json.Obj> examples(Evaluation val, DataSplit data) {
        Stream<Evaluation.Example> shown = Stream.concat(val.topLosses().stream().limit(Pictures.TOP_LOSSES),
                val.confused().stream().limit(Pictures.PAIRS).flatMap(c -> c.examples().stream().limit(Pictures.PER_PAIR)));
        return shown.mapToInt(Evaluation.Example::index).distinct().sorted()
                .mapToObj(i -> Thumbnail.of(data.classes().get(data.test().label(i)), data.test().pixels(i), data.image()).json()
                        .with("index", i))
                .toList();
    }

    /**
     * What came of a run, for programs.
     *
     * @param event   {@code done} or {@code stopped}
     * @param outcome of its training
     * @return {@code {"event":…,"run":…,"model":…,"epochs":…,"best_epoch":…,"val_top1":…,"val_top5":…,"val_loss":…,
     *         "images_per_s":…,"seconds":…,"weights_sha256":…,"last_sha256":…}}: {@code model} is the best model's file, the
     *         rest is about it; {@code last_sha256} is of the weights that the training ended with
     */
    public Json.Obj summary(String event, Outcome outcome) {
        Json.Obj o = Json.object().with("event", event).with("run", folder).with("model", folder.resolve(BEST));
        for (var field : outcome.json(event).fields().entrySet()) {
            o = o.with(field.getKey(), field.getValue());
        }
        return o.with("weights_sha256", Provenance.hash(outcome.best())).with("last_sha256", Provenance.hash(outcome.last()));
    }

    /**
     * {@return SHA-256 over a model's weights, as {@code provenance.json} keeps it: 64 hexadecimal digits}
     * @param model with its weights
     */
    public static String hash(Model model) {
        return Provenance.hash(model);
    }

    private Event.Started started() {
        return started.orElseThrow(() -> new IllegalStateException("a run begins with Started"));
    }

    /**
     * Draws the pictures of a run and writes {@code report.html}, all from what its folder holds: at the end of a training, and
     * again at any time, also of one that runs, was killed or has failed.
     *
     * @param folder  of the run
     * @param damaged told each file that is not what it should be, and is left out: one line with file and reason
     * @return the report's file
     * @throws FormatException      if it is no run's folder: one line
     * @throws UncheckedIOException if a file cannot be written; the cause's message is one line
     */
    public static Path report(Path folder, Consumer<String> damaged) {
        return report(RunRecord.read(folder), damaged);
    }

    private static Path report(RunRecord record, Consumer<String> damaged) {
        record.damaged().forEach(damaged);
        try {
            Pictures.write(record);
        } catch (LinkageError | InternalError | RuntimeException e) {
            if (e instanceof UncheckedIOException || e instanceof FormatException) {
                throw e;
            }
            // A machine without fonts or without its drawing library cannot draw; that is no reason to call a good training bad.
            LOG.log(System.Logger.Level.WARNING, "no pictures: this machine cannot draw (" + e.getMessage() + ")", e);
        }
        Path file = record.folder().resolve(REPORT);
        AtomicFile.write(file, Report.html(record));
        return file;
    }

    /** Closes the log and lets others write to the folder. */
    @Override
    public void close() {
        try (lock) {
            events.close();
        }
    }
}
