package cortado.train;

import cortado.io.Checked;
import cortado.io.Json;
import cortado.io.JsonLines;
import cortado.io.ModelFile;
import cortado.tensor.FormatException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a run's folder tells, whether its training is over, was stopped, failed or was killed: everything that pictures and report
 * show. Of what was told twice, because the training was taken up again before it, the later counts.
 *
 * @param folder     of the run
 * @param config     all settings
 * @param provenance where it comes from; empty if the training never began
 * @param started    data and sizes; empty if the training never began
 * @param epochs     what each reached, in order
 * @param looks      at the layers, in the order of training
 * @param end        the last word: {@code done}, {@code stopped} or {@code failed} with what it says; empty if there is none yet
 * @param val        judgement of the best model
 * @param examples   its images by their index in the held-out set
 * @param batch      the first images that were learned from
 * @param filters    of the best model's first layer, if they can be seen
 * @param damaged    files that are not what they should be, which are left out: one line each with file and reason
 */
record RunRecord(Path folder, Json.Obj config, Json.Obj provenance, Json.Obj started, List<EpochResult> epochs, List<Look> looks,
        Json.Obj end, Optional<Evaluation> val, TreeMap<Integer, Thumbnail> examples, List<Thumbnail> batch,
        Optional<FilterPicture> filters, List<String> damaged) {
    static final String VAL = "val.json";
    static final String EXAMPLES = "examples.json";
    static final String BATCH = "batch.json";

    /**
     * The layers in one step.
     *
     * @param epoch  from 1
     * @param step   in this epoch, from 1
     * @param rate   learning rate of this step
     * @param loss   of its batch
     * @param layers from the first to the last
     */
    record Look(int epoch, int step, double rate, double loss, List<LayerSample> layers) {
        static Look of(Checked o) {
            return new Look(o.whole("epoch"), o.whole("step"), o.number("lr"), o.number("loss"),
                    o.objects("layers").stream().map(LayerSample::of).toList());
        }

        /** When, in epochs: 2.5 is the middle of the third. */
        double when(int steps) {
            return epoch - 1 + (step - 1.0) / steps;
        }
    }

    /** What a log tells, in the order of training. */
    private static final class Told {
        private final TreeMap<Integer, EpochResult> epochs = new TreeMap<>();
        private final TreeMap<Long, Look> looks = new TreeMap<>();
        private Json.Obj started = Json.object();
        private Json.Obj end = Json.object();

        Told add(Checked o) {
            switch (o.has("event") ? o.text("event") : "") {
                case "started" -> started = o.json();
                case "resumed" -> {
                    end = Json.object();
                    int epoch = o.whole("epoch");
                    epochs.tailMap(epoch).clear();
                    looks.tailMap(key(epoch, o.whole("step") + 1)).clear();
                }
                case "layers" -> {
                    Look look = Look.of(o);
                    looks.put(key(look.epoch, look.step), look);
                }
                case "epoch" -> epochs.put(o.whole("epoch"), EpochResult.of(o.json(), o.where()));
                case "done", "stopped", "failed" -> end = o.json();
                default -> {
                }
            }
            return this;
        }

        private static long key(int epoch, int step) {
            return ((long) epoch << 32) + step;
        }
    }

    /**
     * Reads a folder.
     *
     * @param folder of a run
     * @return what it tells, without what is damaged
     * @throws FormatException if it is no run's folder: one line
     */
    static RunRecord read(Path folder) {
        if (!Files.isRegularFile(folder.resolve(Run.CONFIG))) {
            throw new FormatException(folder + " is not the folder of a run: it holds no " + Run.CONFIG);
        }
        Parts parts = new Parts(folder, new LinkedHashMap<>());
        Told told = new Told();
        parts.read("events.jsonl", log -> {
            JsonLines.read(log, (where, line) -> parts.part("events.jsonl",
                    () -> told.add(Checked.of(Json.parse(line, where), where))));
            return told;
        });
        TreeMap<Integer, Thumbnail> examples = new TreeMap<>();
        parts.read(EXAMPLES, file -> {
            images(file).forEach(o -> examples.put(o.whole("index"), Thumbnail.of(o)));
            return examples;
        });
        Json.Obj config = parts.read(Run.CONFIG, file -> json(file).orElseThrow()).orElse(Json.object());
        Json.Obj provenance = parts.read("provenance.json", file -> json(file).orElseThrow()).orElse(Json.object());
        Optional<Evaluation> val = parts.read(VAL, file -> EvaluationJson.read(json(file).orElseThrow(), file.toString()));
        List<Thumbnail> batch = parts.read(BATCH, file -> images(file).stream().map(Thumbnail::of).toList()).orElse(List.of());
        Optional<FilterPicture> filters = parts.read(Run.BEST, file -> FilterPicture.of(ModelFile.read(file))).flatMap(f -> f);
        return new RunRecord(folder, config, provenance, told.started, new ArrayList<>(told.epochs.values()),
                new ArrayList<>(told.looks.values()), told.end, val, examples, batch, filters,
                List.copyOf(parts.damaged.values()));
    }

    /**
     * The files of a run.
     *
     * @param folder  of the run
     * @param damaged what is wrong first in each that cannot be read
     */
    private record Parts(Path folder, SequencedMap<String, String> damaged) {
        /** What stands in a file; none if it is not there or damaged. */
        <V> Optional<V> read(String name, Function<Path, V> reader) {
            Path file = folder.resolve(name);
            return Files.exists(file) ? part(name, () -> reader.apply(file)) : Optional.empty();
        }

        <V> Optional<V> part(String name, Supplier<V> reader) {
            try {
                return Optional.of(reader.get());
            } catch (FormatException e) {
                damaged.putIfAbsent(name, e.getMessage());
                return Optional.empty();
            }
        }
    }

    /** {@return the object in a file; none if there is no file}; throws {@link FormatException} if it is none: one line */
    static Optional<Json.Obj> json(Path file) {
        try {
            return Optional.of(Checked.of(Json.parse(Files.readString(file), file.toString()), file.toString()).json());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new FormatException("cannot read " + file + ": "
                    + (e instanceof CharacterCodingException ? "it is not UTF-8 text" : e.getMessage()), e);
        }
    }

    private static List<Checked> images(Path file) {
        return json(file).map(o -> Checked.of(o, file.toString()).objects("images")).orElse(List.of());
    }

    /** {@return the same, at the end of the training} */
    RunRecord ended(Json.Obj end, Json.Obj provenance) {
        return new RunRecord(folder, config, provenance, started, epochs, looks, end, val, examples, batch, filters, damaged);
    }

    /** {@return how often the training was taken up again} */
    int resumed() {
        return provenance.get("resumed").orElse(new Json.Null()) instanceof Json.Arr a ? a.items().size() : 0;
    }

    /** {@return the best epoch so far: highest top-1, of equal ones lowest loss, of equal ones the first} */
    Optional<EpochResult> best() {
        return epochs.stream().reduce((a, b) -> b.top1() > a.top1() || b.top1() == a.top1() && b.valLoss() < a.valLoss() ? b : a);
    }

    /** {@return steps in an epoch, at least 1} */
    int steps() {
        return started.get("steps_per_epoch").isPresent() ? Checked.of(started, "events.jsonl").whole("steps_per_epoch") : 1;
    }
}
