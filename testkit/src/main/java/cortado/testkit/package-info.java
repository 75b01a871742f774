/** One catalogue of cases, the checks that take a case, and the gradient check of whole networks. */
package cortado.testkit;
