process.stdout.write("voldesk\n");
