package cortado.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which code this is. */
final class Code {
    /** The modules that decide the bits of a result. */
    private static final Set<String> DECIDE = Set.of("cortado.core", "cortado.data", "cortado.io", "cortado.train");

    private Code() {
    }

    /** {@return the version of this code, {@code unversioned} when it runs from the class path} */
    static String version() {
        ModuleDescriptor module = Code.class.getModule().getDescriptor();
        return Optional.ofNullable(module).flatMap(ModuleDescriptor::rawVersion).orElse("unversioned");
    }

    /**
     * {@return SHA-256 over the names and bytes of all classes that decide the bits of a result, 64 hexadecimal digits; none when
     * it runs from the class path} The same sources, compiled by the same JDK, have the same.
     */
    static Optional<String> sha256() {
        return Optional.ofNullable(Code.class.getModule().getLayer()).map(layer -> sha256(layer.configuration().modules().stream()
                .filter(m -> DECIDE.contains(m.name())).sorted(Comparator.comparing(ResolvedModule::name)).toList()));
    }

    private static String sha256(List<ResolvedModule> modules) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (ResolvedModule m : modules) {
                try (ModuleReader reader = m.reference().open()) {
                    for (String name : reader.list().filter(n -> n.endsWith(".class")).sorted().toList()) {
                        sha.update((m.name() + "/" + name + "\n").getBytes(StandardCharsets.UTF_8));
                        reader.read(name).ifPresent(bytes -> {
                            sha.update(bytes);
                            reader.release(bytes);
                        });
                    }
                }
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read Cortado's own classes: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
