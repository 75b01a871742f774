/** Programs to begin from: copy one and change it. */
package cortado.examples;
