package cortado.data;

import cortado.tensor.Shape;
import java.util.List;

/** Some examples of another set. */
record Subset(Dataset of, int[] indices) implements Dataset {
    @Override
    public Shape image() {
        return of.image();
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public List<String> classes() {
        return of.classes();
    }

    @Override
    public int label(int i) {
        return of.label(indices[i]);
    }

    @Override
    public void pixels(int i, byte[] to, int at) {
        of.pixels(indices[i], to, at);
    }

    @Override
    public long kept() {
        return of.size() == 0 ? 0 : of.kept() / of.size() * size();
    }

    @Override
    public String describe(int i) {
        return of.describe(indices[i]);
    }
}
