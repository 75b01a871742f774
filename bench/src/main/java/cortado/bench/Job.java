package cortado.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * What a process has to do, told by its arguments. The folder holds {@code model.safetensors} (graph and initial weights) and
 * {@code batches.safetensors} ({@code images.0} …, F32 {@code N C H W}, and for training {@code labels.0} …, I32).
 *
 * @param folder    with both files
 * @param mode      what one step is
 * @param optimizer as {@link cortado.train.Optimizer#named} knows it, with momentum 0.9 and no weight decay
 * @param rate      learning rate
 * @param threads   at least 1
 * @param setting   one of the contestant's own ways to be configured
 */
public record Job(Path folder, Mode mode, String optimizer, double rate, int threads, String setting) {

    /**
     * Reads a process's arguments.
     *
     * @param args from {@link #args}
     * @return the job
     */
    public static Job of(String... args) {
        return new Job(Path.of(args[0]), Mode.valueOf(args[1]), args[2], Double.parseDouble(args[3]), Integer.parseInt(args[4]),
                args[5]);
    }

    /** {@return the job as arguments of a process} */
    public List<String> args() {
        return List.of(folder.toString(), mode.name(), optimizer, Double.toString(rate), Integer.toString(threads), setting);
    }

    /** {@return graph and initial weights} */
    public Path model() {
        return folder.resolve("model.safetensors");
    }

    /** {@return the training that a {@link Learner} goes through, if there is one} */
    public Path course() {
        return folder.resolve("course.safetensors");
    }

    /** {@return images and labels} */
    public Path batches() {
        return folder.resolve("batches.safetensors");
    }
}
