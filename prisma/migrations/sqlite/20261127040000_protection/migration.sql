-- AlterTable
ALTER TABLE "Account" ADD COLUMN "protection" TEXT;

-- Which of the reasons it is, the next sync finds out. Until then nothing is given to it, as before.
UPDATE "Account" SET "protection" = CASE
    WHEN (SELECT "kind" FROM "Server" WHERE "Server"."guildId" = "Account"."guildId" AND "Server"."id" = "Account"."serverId") = 'jellyfin' THEN 'administrator'
    WHEN "externalId" = (SELECT "ownerAccountId" FROM "Server" WHERE "Server"."guildId" = "Account"."guildId" AND "Server"."id" = "Account"."serverId") THEN 'owner'
    ELSE 'home'
END
WHERE "protected";

-- AlterTable
ALTER TABLE "Account" DROP COLUMN "protected";
