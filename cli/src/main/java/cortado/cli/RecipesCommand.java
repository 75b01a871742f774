package cortado.cli;

import cortado.io.Json;
import cortado.train.Recipes;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists the recipes, or shows one to copy. */
@Command(name = "recipes", description = "List the recipes that train --recipe knows, or print one to copy.",
        footer = {
            "  cortado recipes                          all of them",
            "  cortado recipes mnist > mine.json        one to change",
            "  cortado train mnist --recipe mine.json   and to train by"})
final class RecipesCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Print this one.")
    private Optional<String> name = Optional.empty();

    RecipesCommand(Common common) {
        this.common = common;
    }

    @Override
    public Integer call() {
        Output o = common.output();
        if (name.isPresent()) {
            o.tell(object(name.get()));
            if (!o.json()) {
                o.say(Recipes.text(name.get()).strip());
            }
            return Exit.OK;
        }
        Table table = new Table("recipe", "model", ">epochs", "about");
        for (String recipe : Recipes.NAMES) {
            Json.Obj r = Recipes.named(recipe).json();
            table.row(recipe, word(r, "model"), word(r, "epochs"), word(r, "about"));
            o.tell(object(recipe));
        }
        table.print(o);
        return Exit.OK;
    }

    private static Json.Obj object(String recipe) {
        return Json.object().with("recipe", recipe).with("settings", Recipes.named(recipe).json());
    }

    private static String word(Json.Obj r, String key) {
        return r.get(key).map(j -> j instanceof Json.Str s ? s.value() : j.text()).orElse("");
    }
}
