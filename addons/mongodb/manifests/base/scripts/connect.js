// Run by connect.sh before everything else, with the values in its environment; connected to the project's database.
db.auth(process.env.MONGODB_USER, process.env.MONGODB_PASSWORD);
