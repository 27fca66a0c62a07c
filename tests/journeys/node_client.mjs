// Reads requests from standard input, one JSON object a line, sends each with Amazon's SDK, and writes what came
// of it to standard output, one JSON object a line.
import { createInterface } from "node:readline";
import * as sdk from "@aws-sdk/client-mturk";

const { ENDPOINT: endpoint, KEY: accessKeyId, SECRET: secretAccessKey } = process.env;
const client = new sdk.MTurkClient({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId, secretAccessKey },
  maxAttempts: 1,
});

// {"$seconds": 0} stands for a moment.
const revived = (name, value) => (value?.$seconds === undefined ? value : new Date(value.$seconds * 1000));

for await (const line of createInterface({ input: process.stdin })) {
  const { operation, members } = JSON.parse(line, revived);
  let said;
  try {
    const { $metadata, ...answer } = await client.send(new sdk[`${operation}Command`](members));
    said = { answer };
  } catch (error) {
    said = { code: error.name, message: error.message, turkErrorCode: error.TurkErrorCode };
  }
  process.stdout.write(JSON.stringify(said) + "\n");
}
