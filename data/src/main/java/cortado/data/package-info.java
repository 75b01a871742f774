/** Examples by index, the file formats they come from, and the loader that feeds training. Pixels stay bytes until a batch needs
 * them. */
package cortado.data;
