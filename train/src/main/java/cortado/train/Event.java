package cortado.train;

import cortado.data.Batch;
import cortado.data.DataSplit;
import cortado.graph.Graph;
import cortado.graph.Model;
import cortado.graph.Normalization;
import cortado.io.Json;
import java.util.List;
import java.util.Optional;

/** What a training tells while it runs. Listeners are called by the training's thread and hold it up. */
public sealed interface Event {

    /**
     * Everything is ready, the first step follows.
     *
     * @param settings   what was asked for
     * @param network    from images to scores
     * @param data       learned from and judged by
     * @param dataSha256 the data's fingerprint
     * @param parameters learned numbers
     * @param steps      in an epoch
     * @param memory     that its process will take
     */
    record Started(Settings settings, Graph network, DataSplit data, String dataSha256, long parameters, int steps,
            Footprint memory) implements Event {
    }

    /**
     * The training goes on from a checkpoint; {@link Started} came before.
     *
     * @param at      where it stands
     * @param history the whole epochs before it
     * @param best    the best model so far, if an epoch is over
     * @param val     its judgement on the held-out images
     */
    record Resumed(Position at, List<EpochResult> history, Optional<Model> best, Optional<Evaluation> val) implements Event {
        /** Copies the list. */
        public Resumed {
            history = List.copyOf(history);
        }
    }

    /**
     * It could go on from here: told at the end of every epoch, after every {@link Saving#steps()} steps and when the training was
     * asked to stop. A listener that wants to survive writes it down.
     *
     * @param checkpoint shares memory with the training, so valid until the listener returns
     */
    record Save(Checkpoint checkpoint) implements Event {
        /** {@return the event of a checkpoint there, as an object} */
        static Json.Obj json(Position at) {
            return Json.object().with("event", "checkpoint").with("epoch", at.epoch() + 1).with("step", at.batch());
        }
    }

    /**
     * The batch of the very first step, as the network gets it. A resumed training does not tell it again.
     *
     * @param batch         valid until the listener returns
     * @param classes       names of its labels
     * @param normalization that its images have gone through
     */
    record FirstBatch(Batch batch, List<String> classes, Normalization normalization) implements Event {
    }

    /**
     * How the layers stood and moved in one step: told for some sixty steps of a training, at equal distances.
     *
     * @param epoch  from 1
     * @param step   in this epoch, from 1
     * @param rate   learning rate of this step
     * @param loss   mean over this step's batch
     * @param layers all weights that learn and have more than one dimension, from the first layer to the last
     */
    record Layers(int epoch, int step, double rate, double loss, List<LayerSample> layers) implements Event {
        /** Copies the list. */
        public Layers {
            layers = List.copyOf(layers);
        }
    }

    /**
     * A step is done. One event for every step: listeners that draw or write choose how often.
     *
     * @param epoch           from 1
     * @param step            in this epoch, from 1
     * @param steps           in an epoch
     * @param loss            mean over this epoch so far
     * @param rate            learning rate of this step
     * @param imagesPerSecond over this epoch so far
     * @param done            share of all steps that are done, 0 … 1
     * @param seconds         since the training began
     */
    record Progress(int epoch, int step, int steps, double loss, double rate, double imagesPerSecond, double done, double seconds)
            implements
                Event {
    }

    /**
     * An epoch was learned from and the network evaluated.
     *
     * @param epoch           from 1
     * @param epochs          of the whole training
     * @param rate            learning rate of the last step
     * @param trainLoss       mean over the epoch, while learning
     * @param val             judgement on the held-out images
     * @param imagesPerSecond over the epoch's training steps
     * @param seconds         since the training began
     * @param best            whether no epoch before was as good
     * @param model           as it stands now; its weights go on changing once the listener returns
     */
    record EpochEnd(int epoch, int epochs, double rate, double trainLoss, Evaluation val, double imagesPerSecond, double seconds,
            boolean best, Model model) implements Event {
        /** {@return the epoch's numbers} */
        public EpochResult result() {
            return new EpochResult(epoch, rate, trainLoss, val.loss(), val.top1(), val.top5(), imagesPerSecond, seconds);
        }
    }

    /**
     * All epochs are over.
     *
     * @param outcome what came of it
     */
    record Done(Outcome outcome) implements Event {
    }

    /**
     * The training was asked to stop; the epoch was cut short and evaluated. A {@link Save} came before that evaluation.
     *
     * @param outcome what came of it
     */
    record Stopped(Outcome outcome) implements Event {
    }

    /**
     * The loss is not a number any more; an exception with the same message follows.
     *
     * @param message one line
     * @param epoch   from 1
     * @param step    in this epoch, from 1; steps + 1 for its evaluation
     */
    record Failed(String message, int epoch, int step) implements Event {
    }

    /** {@return the event as an object whose field {@code event} says which it is; numbers by the names of {@code metrics.csv}} */
    default Json.Obj json() {
        return switch (this) {
            case Started s -> Json.object().with("event", "started").with("data", s.data.name()).with("data_sha256", s.dataSha256)
                    .with("train_images", s.data.train().size()).with("val_images", s.data.test().size())
                    .with("parameters", s.parameters).with("steps_per_epoch", s.steps)
                    .with("memory", s.memory.json());
            case Resumed r -> Json.object().with("event", "resumed").with("epoch", r.at.epoch() + 1).with("step", r.at.batch());
            case Save s -> Save.json(s.checkpoint.at());
            case FirstBatch b -> Json.object().with("event", "batch").with("images", b.batch.n());
            case Layers l -> Json.object().with("event", "layers").with("epoch", l.epoch).with("step", l.step).with("lr", l.rate)
                    .with("loss", l.loss).with("layers", l.layers.stream().map(LayerSample::json).toList());
            case Progress p -> Json.object().with("event", "progress").with("epoch", p.epoch).with("step", p.step)
                    .with("steps", p.steps).with("train_loss", p.loss).with("lr", p.rate).with("images_per_s", p.imagesPerSecond)
                    .with("done", p.done).with("seconds", p.seconds);
            case EpochEnd e -> Json.object().with("event", "epoch").with("epoch", e.epoch).with("epochs", e.epochs)
                    .with("lr", e.rate).with("train_loss", e.trainLoss).with("val_loss", e.val.loss())
                    .with("val_top1", e.val.top1()).with("val_top5", e.val.top5()).with("images_per_s", e.imagesPerSecond)
                    .with("seconds", e.seconds).with("best", e.best);
            case Done d -> d.outcome.json("done");
            case Stopped s -> s.outcome.json("stopped");
            case Failed f -> Json.object().with("event", "failed").with("message", f.message).with("epoch", f.epoch)
                    .with("step", f.step);
        };
    }
}
