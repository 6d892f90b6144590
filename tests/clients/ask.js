#!/usr/bin/env node
// Submits one comment and waits for its verdict.
//
//     ask.js ID TEXT [SECONDS]    prints the reason where it is rejected
//
// Needs node-redis: `npm install redis`, or `apt install nodejs node-redis` for the Node of Debian; another
// Node finds that package with NODE_PATH=/usr/share/nodejs. REDIS_URL names the server; where
// Redis has users, it is redis://web:password@host, with the password percent-encoded (%2F for /).
// With TLS, it begins with rediss://.
const { createClient } = require('redis')

// Returns the verdict, or null when it takes longer than `seconds`.
async function judge(redis, id, text, seconds, fields) {
  const entry = await redis.xAdd('comments:submitted', '*', { id, text, reply: '1', ...fields })
  // here: save the entry with the comment, as the section VERDICTS of duyetd-redis(7) says
  for (;;) {
    const answer = await redis.blPop(`comments:reply:${id}`, seconds)
    if (!answer) return null
    const verdict = JSON.parse(answer.element)
    if (verdict.entry === entry) return verdict // else: the late answer to an earlier edit
  }
}

// What cannot be sent now fails at once. By default node-redis sends it later, when the comment may have been
// submitted again: moderators would then decide on an entry that the site does not know.
function client(url) {
  return createClient({ url, disableOfflineQueue: true })
}

// Fails when Redis does not answer at all. The time limit of BLPOP does not help then: Redis applies it.
async function within(seconds, promise) {
  let timer
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(reject, seconds * 1000, new Error('no answer'))
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function message(verdict) {
  if (!verdict) return 'Bình luận đang chờ duyệt.' // pending: follow.js will see the verdict
  if (verdict.verdict === 'hold') return 'Bình luận đang chờ người duyệt.'
  return verdict.verdict === 'reject' ? verdict.reason : 'Bình luận đã được đăng.'
}

async function main() {
  const [id, text, seconds = '2', ...more] = process.argv.slice(2)
  if (text === undefined || !/^[1-9][0-9]*$/.test(seconds) || more.length) {
    console.error('usage: ask.js ID TEXT [SECONDS]')
    process.exit(1)
  }
  // BLPOP blocks its connection. In a web server, take one from a pool for each request that waits.
  const url = process.env.REDIS_URL || 'redis://127.0.0.1:6379'
  const redis = client(url)
  const fail = (error) => { // keep the comment, and submit it again later
    console.error(`Redis failed at ${new URL(url).host}: ${error.message}`)
    process.exit(1)
  }
  // node-redis would connect again without end. A web server may let it do so, and only log the error here.
  redis.on('error', fail)
  const answer = redis.connect()
    .then(() => judge(redis, id, text, Number(seconds), { author: 'u7', page: '/a/1' }))
  console.log(message(await within(Number(seconds) + 5, answer).catch(fail)))
  await redis.quit()
}
main()
