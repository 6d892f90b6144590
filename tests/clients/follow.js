#!/usr/bin/env node
// Reads every verdict, also those that were published while this program was stopped.
//
//     follow.js    prints the id and the verdict of each comment, until it is stopped
//
// Needs node-redis: `npm install redis`, or `apt install node-redis` with the Node of Debian; another Node
// finds that package with NODE_PATH=/usr/share/nodejs. REDIS_URL names the server. The
// program ends with status 1 when Redis cannot be reached or the connection is lost: have it started again.
const { createClient } = require('redis')

const GROUP = 'website'
const CONSUMER = 'web-1' // keep this name: what it has read and not acknowledged, no other name gets

async function * verdicts(redis) {
  await redis.xGroupCreate('comments:verdicts', GROUP, '0', { MKSTREAM: true })
    .catch((error) => { if (!error.message.startsWith('BUSYGROUP')) throw error }) // exists already
  let after = '0' // first what this consumer has read before and not acknowledged
  for (;;) {
    // The plain command: some versions of xReadGroup() fail on entries that were trimmed meanwhile.
    const answer = await redis.sendCommand(['XREADGROUP', 'GROUP', GROUP, CONSUMER, 'COUNT', '100',
      'BLOCK', '5000', 'STREAMS', 'comments:verdicts', after])
    const entries = answer ? answer[0][1] : []
    for (const [entry, words] of entries) {
      const verdict = {}
      for (let i = 0; words && i < words.length; i += 2) verdict[words[i]] = words[i + 1]
      if (words) yield verdict // none: the verdict was trimmed meanwhile
      await redis.xAck('comments:verdicts', GROUP, entry)
    }
    if (!entries.length) after = '>' // then new verdicts
  }
}

async function main() {
  const url = process.env.REDIS_URL || 'redis://127.0.0.1:6379'
  const redis = createClient({ url, RESP: 2 })
  redis.on('error', (error) => {
    console.error(`no connection to Redis at ${new URL(url).host}: ${error.message}`)
    process.exit(1)
  })
  await redis.connect()
  for await (const verdict of verdicts(redis)) {
    console.log(verdict.id, verdict.verdict) // here: publish it, or tell the author
  }
}
main()
