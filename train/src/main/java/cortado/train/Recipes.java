package cortado.train;

import cortado.io.Hint;
import cortado.io.Json;
import cortado.tensor.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Recipes that come with the program: files a person can read and copy, which a training lays over its defaults. */
public final class Recipes {
    /** Names that {@link #named} knows. */
    public static final List<String> NAMES = List.of("mnist", "fashion-mnist", "fashion-mnist-fast", "cifar10", "cifar10-resnet18",
            "sign-language-digits");

    private Recipes() {
    }

    /**
     * {@return the recipe}
     * @param name one of {@link #NAMES}
     * @throws FormatException for another name
     */
    public static Config named(String name) {
        return Config.of(Json.parse(text(name), "recipe " + name), "recipe " + name);
    }

    /**
     * {@return the recipe's file, as it was written}
     * @param name one of {@link #NAMES}
     * @throws FormatException for another name
     */
    public static String text(String name) {
        if (!NAMES.contains(name)) {
            throw new FormatException(
                    "there is no recipe " + (name.isBlank() ? "'" + name + "'" : name)
                            + Hint.near(name, NAMES) + "; there are " + String.join(", ", NAMES)
                            + ", or give a file of your own: --recipe my.json");
        }
        try (InputStream in = Recipes.class.getResourceAsStream("recipes/" + name + ".json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
