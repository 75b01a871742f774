/** Files: safetensors, networks as JSON text, model files, and writing that never leaves half a file behind. */
module cortado.io {
    requires transitive cortado.core;
    requires com.google.gson;

    exports cortado.io;
}
