/**
 * What the engine uses of the JDK's incubating vector module, lane after lane in plain Java, in the package of the same name. No module
 * requires this one, so it is never resolved; but on a class path the JVM takes its classes where the JDK's module is missing or was not
 * asked for by {@code --add-modules}, and ignores them where it is there.
 */
module cortado.scalar {
}
