package cortado.bench;

import cortado.io.Json;
import cortado.io.Safetensors;
import cortado.tensor.Rng;
import cortado.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Measures how long two sides train until they get a share of the test images right: the same network from the same weights, the
 * same batches in the same order at the same learning rates. They take turns epoch by epoch, each begins as a new process (cold but
 * for the five steps that are compared), and only the steps of training count.
 *
 * @param race     who runs; of the peers and their settings the fastest counts
 * @param workload network, batch and optimizer
 * @param course   what both go through
 * @param target   share of the test images, above 0, at most 1
 */
public record ToAccuracy(Race race, Workload workload, Course course, double target) {
    private static final int BATCHES = 4;

    /**
     * A side after an epoch.
     *
     * @param accuracy   share of the test images that are right
     * @param seconds    that its steps took
     * @param evaluation seconds that judging took
     */
    public record Epoch(double accuracy, double seconds, double evaluation) {
    }

    /**
     * A side's way.
     *
     * @param name   of the contestant, with its setting
     * @param epochs those it went through, in order
     */
    public record Side(String name, List<Epoch> epochs) {
        /** Copies the list. */
        public Side {
            epochs = List.copyOf(epochs);
        }

        /**
         * {@return the epochs it took, none if it has not come so far}
         * @param target share of the test images
         */
        public Optional<Integer> reached(double target) {
            return IntStream.range(0, epochs.size()).filter(e -> epochs.get(e).accuracy >= target).mapToObj(e -> e + 1).findFirst();
        }

        /**
         * {@return the seconds of training it took, none if it has not come so far}
         * @param target share of the test images
         */
        public Optional<Double> time(double target) {
            return reached(target).map(n -> epochs.subList(0, n).stream().mapToDouble(Epoch::seconds).sum());
        }

        private Json.Obj json(double target) {
            return Json.object().with("name", name).with("epochs", reached(target))
                    .with("seconds", time(target).map(t -> round(t, 1000)))
                    .with("accuracy", epochs.stream().map(e -> round(e.accuracy, 1e6)).toList())
                    .with("train_seconds", epochs.stream().map(e -> round(e.seconds, 1000)).toList())
                    .with("evaluation_seconds", epochs.stream().map(e -> round(e.evaluation, 1000)).toList());
        }
    }

    /**
     * What came of it.
     *
     * @param workload what was trained
     * @param threads  on each side
     * @param target   share of the test images
     * @param ours     Cortado
     * @param peer     the other
     */
    public record Outcome(Workload workload, int threads, double target, Side ours, Side peer) {

        /** {@return how many times as long the peer took, none unless both have come so far} */
        public Optional<Double> ratio() {
            return ours.time(target).flatMap(us -> peer.time(target).map(them -> them / us));
        }

        /** {@return how many times as long an epoch takes the peer, of pairs of neighbouring epochs} */
        public Sample pace() {
            return Sample.of(IntStream.range(0, ours.epochs.size())
                    .mapToDouble(e -> peer.epochs.get(e).seconds / ours.epochs.get(e).seconds).toArray());
        }

        /** {@return one object, null where a target was not reached} */
        public Json.Obj json() {
            return Json.object().with("workload", "to-accuracy").with("network", workload.network()).with("batch", workload.batch())
                    .with("threads", threads).with("target", target).with("ours", ours.json(target)).with("peer", peer.json(target))
                    .with("ratio", ratio().map(r -> round(r, 1000))).with("epoch_ratio", round(pace().median(), 1000));
        }
    }

    private static double round(double v, double per) {
        return Math.round(v * per) / per;
    }

    /**
     * Runs until both sides have come so far, or the course ends.
     *
     * @param threads on each side
     * @param each    told of both sides after every epoch
     * @return what came of it
     * @throws IOException                          if a process ends early; the message holds what it said last
     * @throws cortado.tensor.ShapeException if the two sides do not compute the same
     */
    public Outcome run(int threads, Consumer<Outcome> each) throws IOException {
        Path folder = Files.createTempDirectory("cortado-bench");
        folder.toFile().deleteOnExit();
        try {
            Job job = new Job(folder, Mode.TRAIN, workload.optimizer(), course.rate(0, 0), threads,
                    race.ours().settings().getFirst());
            write(job);
            try (Child us = new Child(race.ours(), job); Child them = rival(job, us)) {
                return turns(us, them, threads, each);
            }
        } finally {
            Race.delete(folder);
        }
    }

    private void write(Job job) {
        Race.model(workload, job, new Rng(1));
        Map<String, Tensor> first = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(BATCHES, course.steps()); i++) {
            first.put("images." + i, course.images(0, i));
            first.put("labels." + i, course.labels(0, i));
        }
        Safetensors.write(job.batches(), first, Map.of());
        course.write(job.course());
        List.of(job.batches(), job.course()).forEach(f -> f.toFile().deleteOnExit());
    }

    /** The fastest peer, started anew: it has warmed up for the choice, and we have not. */
    private Child rival(Job job, Child us) throws IOException {
        double[] outcome = us.check(Race.CHECKED);
        Race.Ready best = race.best(job, us.parameters(), outcome, Race.CHECKED);
        best.child().close();
        Contestant who = race.peers().stream().filter(p -> p.name().equals(best.child().name())).findFirst().orElseThrow();
        Child again = new Child(who,
                new Job(job.folder(), job.mode(), job.optimizer(), job.rate(), job.threads(), best.child().setting()));
        again.check(Race.CHECKED);
        return again;
    }

    private Outcome turns(Child us, Child them, int threads, Consumer<Outcome> each) throws IOException {
        List<Epoch> ours = new ArrayList<>();
        List<Epoch> theirs = new ArrayList<>();
        while (true) {
            int e = ours.size();
            if (e % 2 == 0) {
                ours.add(epoch(us, e));
            }
            theirs.add(epoch(them, e));
            if (e % 2 == 1) {
                ours.add(epoch(us, e));
            }
            Outcome now = new Outcome(workload, threads, target, new Side("cortado", ours), new Side(them.toString(), theirs));
            each.accept(now);
            if (now.ratio().isPresent() || e + 1 == course.epochs()) {
                return now;
            }
        }
    }

    private Epoch epoch(Child side, int e) throws IOException {
        double seconds = side.epoch(e);
        double[] said = side.evaluate();
        return new Epoch(said[0] / course.testImages().shape().n(), seconds, said[1]);
    }
}
