package cortado.train;

import cortado.tensor.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of a run's checkpoints, {@code epoch-3-step-120.safetensors}: the newest few. What a kill left half written bears
 * another name, and what was damaged later is found out by its checksum.
 */
final class Checkpoints {
    private static final String NAME = "epoch-[0-9]{1,9}-step-[0-9]{1,9}\\.safetensors";
    private static final Comparator<Path> BY_POSITION = Comparator.<Path>comparingLong(f -> number(f, 1))
            .thenComparingLong(f -> number(f, 3));

    private final Path folder;

    Checkpoints(Path folder) {
        this.folder = folder;
    }

    /**
     * The newest checkpoint that is whole.
     *
     * @param checkpoint the newest whole one, if there is any
     * @param damaged    newer ones that are not: one line each with file and reason
     */
    record Newest(Optional<Checkpoint> checkpoint, List<String> damaged) {
    }

    /** Writes one and removes the oldest beyond so many; throws {@link UncheckedIOException} with one line. */
    Path write(Checkpoint checkpoint, int keep) {
        Position at = checkpoint.at();
        Path file = folder.resolve("epoch-" + at.epoch() + "-step-" + at.batch() + ".safetensors");
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
        checkpoint.write(file);
        List<Path> all = files();
        all.subList(0, Math.max(0, all.size() - keep)).forEach(Checkpoints::delete);
        return file;
    }

    /** Looks for the newest whole checkpoint. Damaged ones get another name, so that they never count among those to keep. */
    Newest newest() {
        List<String> damaged = new ArrayList<>();
        for (Path file : files().reversed()) {
            try {
                return new Newest(Optional.of(Checkpoint.read(file)), damaged);
            } catch (FormatException e) {
                damaged.add(e.getMessage());
                setAside(file);
            }
        }
        return new Newest(Optional.empty(), damaged);
    }

    /** The files in the order of training. */
    List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return new ArrayList<>(all.filter(f -> f.getFileName().toString().matches(NAME)).sorted(BY_POSITION).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    private static long number(Path file, int word) {
        return Long.parseLong(file.getFileName().toString().split("[-.]")[word]);
    }

    private static void setAside(Path file) {
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + ".damaged"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot rename " + file + ": " + e.getMessage(), e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + file + ": " + e.getMessage(), e);
        }
    }
}
