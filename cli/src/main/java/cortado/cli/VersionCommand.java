package cortado.cli;

import cortado.io.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says which Cortado this is. */
@Command(name = "version", description = "Say which Cortado and which Java this is.")
final class VersionCommand implements Callable<Integer> {
    @Mixin
    private final Common common;

    VersionCommand(Common common) {
        this.common = common;
    }

    /** {@return the version of this code, {@code unversioned} when it runs from the class path} */
    static String version() {
        java.lang.module.ModuleDescriptor module = Main.class.getModule().getDescriptor();
        return java.util.Optional.ofNullable(module).flatMap(java.lang.module.ModuleDescriptor::rawVersion).orElse("unversioned");
    }

    @Override
    public Integer call() {
        Output o = common.output();
        o.tell(Json.object().with("version", version()).with("java", Runtime.version().toString()));
        o.say("cortado " + version() + " on Java " + Runtime.version());
        return Exit.OK;
    }
}
