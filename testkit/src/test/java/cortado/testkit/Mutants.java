package cortado.testkit;

import cortado.io.Safetensors;
import cortado.op.Op;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the real tests against a core with one line broken: the source is changed, compiled apart, and loaded together with
 * fresh copies of all our classes; the test methods are then called as JUnit would.
 */
final class Mutants {
    private Mutants() {
    }

    /** Our own classes anew, the broken one before the sound one; everything else from the parent. */
    private static final class Loader extends URLClassLoader {
        Loader(URL[] urls) {
            super(urls, Mutants.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("cortado.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : findClass(name);
            }
        }
    }

    /**
     * @param sources a folder of core's sources
     * @param file    of the class to break, in it
     * @param sound   text that stands in it exactly once
     * @param broken  what to put in its place
     * @param room    an empty folder
     * @param cases   only parameters whose text contains this are tried; the first red one of a method suffices
     * @param tests   test classes
     * @param wanted  which of their tests, by name
     * @return the tests that turned red: {@code NotesTest.n4…}
     */
    static Set<String> red(Path sources, String file, String sound, String broken, Path room, String cases, List<Class<?>> tests,
            Predicate<String> wanted)
            throws IOException, URISyntaxException, ReflectiveOperationException {
        String text = Files.readString(sources.resolve(file));
        if (text.split(Pattern.quote(sound), -1).length != 2) {
            throw new AssertionError(file + " must hold exactly once: " + sound);
        }
        Path source = room.resolve(file);
        Files.writeString(source, text.replace(sound, broken));
        Path classes = Files.createDirectories(room.resolve("classes"));
        PrintStream quiet = new PrintStream(OutputStream.nullOutputStream());
        int rc = ToolProvider.findFirst("javac").orElseThrow().run(quiet, quiet, "-nowarn", "-proc:none", "-d", classes.toString(),
                "-cp", Path.of(location(Op.class).toURI()).toString(), "--add-modules=jdk.incubator.vector", source.toString());
        if (rc != 0) {
            throw new AssertionError("does not compile: " + broken);
        }
        URL[] urls = {classes.toUri().toURL(), location(Op.class), location(Safetensors.class), location(Cases.class),
            location(Mutants.class)};
        Set<String> red = new TreeSet<>();
        int ran = 0;
        try (Loader loader = new Loader(urls)) {
            for (Class<?> test : tests) {
                ran += run(loader.loadClass(test.getName()), cases, wanted, red);
            }
        }
        if (ran == 0) {
            throw new AssertionError("no test was run");
        }
        return red;
    }

    private static URL location(Class<?> c) {
        return c.getProtectionDomain().getCodeSource().getLocation();
    }

    private static int run(Class<?> test, String cases, Predicate<String> wanted, Set<String> red)
            throws ReflectiveOperationException {
        var constructor = test.getDeclaredConstructor();
        constructor.setAccessible(true);
        int ran = 0;
        for (Method m : test.getDeclaredMethods()) {
            String name = test.getSimpleName() + "." + m.getName();
            if ((m.isAnnotationPresent(Test.class) || m.isAnnotationPresent(ParameterizedTest.class)) && wanted.test(name)) {
                m.setAccessible(true);
                for (Object[] arguments : arguments(test, m, cases)) {
                    ran++;
                    try {
                        m.invoke(constructor.newInstance(), arguments);
                    } catch (InvocationTargetException e) {
                        red.add(name);
                        break;
                    }
                }
            }
        }
        return ran;
    }

    private static List<Object[]> arguments(Class<?> test, Method m, String cases) throws ReflectiveOperationException {
        List<Object[]> all = new ArrayList<>();
        if (m.isAnnotationPresent(MethodSource.class)) {
            Method provider = test.getDeclaredMethod(m.getAnnotation(MethodSource.class).value()[0]);
            provider.setAccessible(true);
            for (Object o : (List<?>) provider.invoke(null)) {
                if (o.toString().contains(cases)) {
                    all.add(new Object[] {o});
                }
            }
        } else if (m.isAnnotationPresent(ValueSource.class)) {
            Arrays.stream(m.getAnnotation(ValueSource.class).longs()).forEach(v -> all.add(new Object[] {v}));
        } else {
            all.add(new Object[0]);
        }
        return all;
    }
}
