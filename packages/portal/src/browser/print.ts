/** Asks the browser to print the page, or to keep it as a file. */
export function printPage(): void {
  print();
}
