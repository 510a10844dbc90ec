// Answers with the text of text.js as it was when the program began.
const http = require('node:http');
const text = require('./text');

http.createServer((request, response) => response.end(text)).listen(Number(process.env.PORT || 8000));
