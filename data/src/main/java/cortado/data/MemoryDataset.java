package cortado.data;

import cortado.tensor.Shape;
import cortado.tensor.ShapeException;
import java.util.List;

/** Bytes as the file had them: a quarter of the memory of floats, and they are normalised on the way into a batch. */
record MemoryDataset(Shape image, byte[] bytes, int[] labels, List<String> classes, String source) implements Dataset {
    MemoryDataset {
        image.expectRank(3, "an image is C×H×W");
        if (bytes.length != (long) labels.length * image.size()) {
            throw new ShapeException(labels.length + " images of " + image + " need " + (long) labels.length * image.size()
                    + " bytes, received " + bytes.length + " (" + source + ")");
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes.size()) {
                throw new ShapeException("label " + labels[i] + " of example " + i + " of " + source + " is not one of the "
                        + classes.size() + " classes");
            }
        }
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public int label(int i) {
        return labels[i];
    }

    @Override
    public void pixels(int i, byte[] to, int at) {
        System.arraycopy(bytes, i * image.size(), to, at, image.size());
    }

    @Override
    public String describe(int i) {
        return source + " #" + i;
    }
}
