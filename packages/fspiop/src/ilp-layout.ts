/** First byte of an ILP packet (fspiop.md 14.3 and 14.4). */
export const TYPE_V1 = 0x01;
export const TYPE_V4 = 0x0c;
export const AMOUNT_BYTES = 8;
export const EXPIRY_CHARACTERS = 17;
export const CONDITION_BYTES = 32;
/** Longest `ilpPacket` member, in characters (fspiop.md 6). */
export const PACKET_LENGTH_MAX = 32_768;
