#!/usr/bin/env node
// Reads every verdict, also those that were published while this program was stopped.
//
//     follow.js    prints the id and the verdict of each comment, until it is stopped
//
// Needs node-redis: `npm install redis`, or `apt install nodejs node-redis` for the Node of Debian; another
// Node finds that package with NODE_PATH=/usr/share/nodejs. REDIS_URL names the server; where
// Redis has users, it is redis://web:password@host, with the password percent-encoded (%2F for /).
// With TLS, it begins with rediss://. The program ends with status 1 when Redis cannot be reached, does not
// answer or refuses a command: let systemd start it again,
// with Restart=always and RestartSec=5. Without RestartSec, systemd gives up after some seconds.
const { createClient, ErrorReply } = require('redis')

const GROUP = 'website'
const CONSUMER = 'web-1' // keep this name: only it gets again what it has read and not acknowledged

class NoAnswer extends Error {}

// Fails when Redis does not answer at all. The time limit of BLOCK does not help then: Redis applies it.
async function within(seconds, promise) {
  let timer
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(reject, seconds * 1000, new NoAnswer(`no answer for ${seconds} seconds`))
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

async function * verdicts(redis) {
  await within(10, redis.xGroupCreate('comments:verdicts', GROUP, '0', { MKSTREAM: true }))
    .catch((error) => { if (!error.message.startsWith('BUSYGROUP')) throw error }) // exists already
  let after = '0' // first what this consumer has read before and not acknowledged
  for (;;) {
    // The plain command: some versions of xReadGroup() fail on entries that were trimmed meanwhile.
    const answer = await within(10, redis.sendCommand(['XREADGROUP', 'GROUP', GROUP, CONSUMER, 'COUNT', '100',
      'BLOCK', '5000', 'STREAMS', 'comments:verdicts', after]))
    const entries = answer ? answer[0][1] : []
    for (const [entry, words] of entries) {
      const verdict = {}
      for (let i = 0; words && i < words.length; i += 2) verdict[words[i]] = words[i + 1]
      if (words) yield verdict // none: the verdict was trimmed meanwhile
      await within(10, redis.xAck('comments:verdicts', GROUP, entry))
    }
    if (!entries.length) after = '>' // then new verdicts
  }
}

async function main() {
  const url = process.env.REDIS_URL || 'redis://127.0.0.1:6379'
  const redis = createClient({ url, RESP: 2 })
  const fail = (error) => {
    console.error(`Redis failed at ${new URL(url).host}: ${error.message}`)
    process.exit(1)
  }
  redis.on('error', fail)
  try {
    await within(10, redis.connect())
    for await (const verdict of verdicts(redis)) {
      // here, if verdict.entry is the comment's last entry: publish it, or tell the author
      console.log(verdict.id, verdict.verdict)
    }
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof ErrorReply)) throw error
    fail(error)
  }
}
main()
