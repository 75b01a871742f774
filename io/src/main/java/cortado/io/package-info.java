/** Safetensors, networks as JSON text, model files, JSON lines, and atomic writing. */
package cortado.io;
