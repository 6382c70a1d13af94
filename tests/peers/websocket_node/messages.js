"use strict";
// What either side sends: texts are strings, the others buffers.
const bytes = (size, value) => Buffer.from(Array.from({ length: size }, (_, index) => value(index) & 255));

module.exports = [
  "hello",
  "ü€😀".repeat(100),
  "",
  Buffer.alloc(0),
  bytes(125, () => 255),
  "x".repeat(126),
  bytes(10000, index => index),
  bytes(65536, index => index * 7),
  "ü".repeat(524288),
  bytes(1048576, index => Math.imul(index, 2654435761) >>> 13),
];
