/** First byte of an ILP packet (docs/protocol.md, 13.2 and 13.3). */
export const TYPE_V1 = 0x01;
export const TYPE_V4 = 0x0c;
export const AMOUNT_BYTES = 8;
export const EXPIRY_CHARACTERS = 17;
export const CONDITION_BYTES = 32;
/** Longest `ilpPacket` member, in characters (docs/protocol.md, 6). */
export const PACKET_LENGTH_MAX = 32_768;
