import { newXmlParser } from '../../codec/xml-parser.ts';

/** A body as XML, cut at its values: `texts` has one more than `names`, which stand between them. */
export interface XmlTemplate {
  readonly texts: readonly string[];
  readonly names: readonly string[];
}

/** What is wrong with a template. */
export class XmlTemplateInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'XmlTemplateInvalid';
  }
}

const VALUE = /\{([A-Za-z][A-Za-z0-9]{0,62})\}/;

/**
 * Reads a template: well-formed XML in which `{name}` is a value, in the text of an element or in an attribute. A value anywhere else would
 * change what the XML says, and is not well-formed: no name has a brace in it.
 *
 * @throws XmlTemplateInvalid
 */
export function readXmlTemplate(text: string): XmlTemplate {
  const parser = newXmlParser();
  const refuse = (why: string) => (): never => {
    throw new XmlTemplateInvalid(why);
  };
  parser.on('error', (error) => {
    throw new XmlTemplateInvalid(`it is not well-formed XML: ${error.message.replace(/^\d+:\d+: /, '')}`);
  });
  parser.on('doctype', refuse('a body has no document type'));
  parser.on('comment', refuse('a comment stands in YAML, not in a body'));
  parser.on('cdata', refuse('a body has no CDATA: values are escaped'));
  parser.on('processinginstruction', refuse('a body has no processing instruction'));
  parser.write(text.trim()).close();
  const pieces = text.trim().split(VALUE);
  const texts = pieces.filter((_, index) => index % 2 === 0);
  if (texts.some((piece) => /[{}]/.test(piece))) throw new XmlTemplateInvalid('a value is written {name}, with letters and digits');
  return { texts, names: pieces.filter((_, index) => index % 2 === 1) };
}
