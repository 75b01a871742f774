/** Ops: one file each, with declaration, shape rule and plain reference kernel; a fast sibling file beside it. */
package cortado.op;
