/** Networks by name: one file per family. */
package cortado.model;
