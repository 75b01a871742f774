package cortado.io;

import cortado.tensor.Type;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The element types of safetensors that have a home among ours. Half floats become F32 and small integers I32, both
 * exactly; wide integers become I32 if every element fits.
 */
enum Dtype {
    F32(4, Type.F32), F64(8, Type.F64), I32(4, Type.I32), F16(2, Type.F32), BF16(2, Type.F32), BOOL(1, Type.I32), U8(1,
            Type.I32), I8(1, Type.I32), U16(2, Type.I32), I16(2, Type.I32), U32(4, Type.I32), U64(8, Type.I32), I64(8, Type.I32);

    private final int bytes;
    private final Type type;

    Dtype(int bytes, Type type) {
        this.bytes = bytes;
        this.type = type;
    }

    /** {@return bytes of one element} */
    int bytes() {
        return bytes;
    }

    /** {@return what it becomes} */
    Type type() {
        return type;
    }

    /** {@return the type of that name, if it has a home} */
    static Optional<Dtype> named(String name) {
        return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst();
    }

    /** {@return the type that a tensor of ours is written as} */
    static Dtype of(Type type) {
        return switch (type) {
            case F32 -> F32;
            case F64 -> F64;
            case I32 -> I32;
        };
    }

    /** {@return all names, for messages} */
    static String list() {
        return Arrays.stream(values()).map(Dtype::name).collect(Collectors.joining(", "));
    }
}
